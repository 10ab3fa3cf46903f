"""Training systems, the worlds they learn in and the runtime that hosts them. Importable without a web server."""
