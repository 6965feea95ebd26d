/** Makes any text safe in XML and HTML, in content and in quoted attributes. */

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Markup, to be put into other markup as it is. */
export class Markup {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

type Part = string | number | Markup | readonly Markup[];

/** Joins markup written in the code with values, which are escaped unless they are markup themselves. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
	return new Markup(
		strings.reduce((text, string, index) => text + textOf(parts[index - 1] as Part) + string),
	);
}

function textOf(part: Part): string {
	if (part instanceof Markup) return part.text;
	return typeof part === 'object' ? part.map(({ text }) => text).join('') : escapeText(String(part));
}

export function escapeText(text: string): string {
	return legal(text).replace(/[&<>"']/g, (character) => entities[character] as string);
}

/**
 * XML 1.0, 2.2 has no place for control characters, which a serial console is full of: they are shown by
 * their pictures (U+2400 and on). A carriage return before a newline is left out.
 */
export function legal(text: string): string {
	return (
		text
			.toWellFormed()
			.replaceAll('\r\n', '\n')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
			.replace(/[\0-\x08\x0b-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
			.replace(/[\x7f-\x9f\ufffe\uffff]/g, '\ufffd')
	);
}

/** A file beside the report, as a link: never a scheme, whatever it is called. */
export function relativeLink(path: string): string {
	return `./${path.toWellFormed().split('/').map(encodeURIComponent).join('/')}`;
}
