"""Physical forms: bytes to rows or instances by a layout, and back. One module per form."""
