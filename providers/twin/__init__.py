"""Code shared by the twins of all vendors: faults, pictures, scenarios as data, broken connections, webhooks with retries."""
