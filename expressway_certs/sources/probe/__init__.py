"""What a live server shows: asked over the network, and only by the call that says so."""
