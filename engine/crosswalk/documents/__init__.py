"""Documents: strict YAML with positions, shapes, layers, settings and versions."""
