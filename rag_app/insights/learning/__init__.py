"""Learning paths: from objectives to an order of material, with questions to check oneself."""
