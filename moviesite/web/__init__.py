"""How a web process serves: requests gathered whole, statements bounded, memory settled."""
