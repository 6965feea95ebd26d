/** The module of `pause.wat` in base64, generated from it; do not edit. */
export const pauseModule =
	'AGFzbQEAAAABBAFgAAACDgEEaG9zdAVwYXVzZQAABwkBBXBhdXNlAAAADwRuYW1lAQgBAAVwYXVzZQ==';
