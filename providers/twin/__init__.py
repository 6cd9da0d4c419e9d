"""What the twins of all vendors share: faults, pictures, scenarios as data, broken connections, webhooks with retries."""
