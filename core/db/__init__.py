"""Tables, engines, worlds and the only writers of history."""
