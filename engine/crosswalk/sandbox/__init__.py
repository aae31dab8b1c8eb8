"""A partner to try deliveries against: a real GraphQL server on loopback that injects faults."""
