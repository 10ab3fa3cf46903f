"""Socket.IO: what happens is pushed to browsers, and commands come in."""
