"""What members' media servers tell: plays, marks and ratings.

A delivery is read (`formats`) and noted (`receive`) while the server waits. A worker (`worker`)
finds the films (`match`), makes one sync of what came together (`gather`), and applies or undoes it
(`apply`, `undo`). `arrivals` applies what came before its film did; `fetch` asks a server once for
what was watched there.
"""
