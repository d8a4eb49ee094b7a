"""All that writes for a member: one function per action, each in one transaction."""
