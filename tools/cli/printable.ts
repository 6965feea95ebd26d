/** What comes from a box as a terminal may show it: nothing in it moves the cursor or changes a colour. */
export function printable(text: string): string {
	return text.replaceAll(
		/(?!\t)\p{Cc}/gu,
		(char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
	);
}
