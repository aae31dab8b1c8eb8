"""From a biller's documents and settings to deliveries and questions."""
