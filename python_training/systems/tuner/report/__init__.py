"""What a run has found out, as blocks that the dashboard and the HTML page draw."""
