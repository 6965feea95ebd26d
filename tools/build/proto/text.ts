/** Lines of generated code. */

export function block(head: string, body: readonly string[]): string[] {
	return [`${head} {`, ...body, '}'];
}

/** A comment of a .proto file as a doc comment; nothing for none. */
export function documentation(comment: string): string[] {
	if (comment === '') return [];
	const lines = comment.replaceAll('*/', '* /').split('\n');
	if (lines.length === 1) return [`/** ${lines[0]} */`];
	return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'];
}

/** Tabs by the braces that are open; comments open none. */
export function indent(lines: readonly string[]): string {
	let depth = 0;
	return lines
		.map((line) => {
			const isComment = /^(?:\/\*| \*)/.test(line);
			if (!isComment && line.startsWith('}')) depth--;
			const indented = line === '' ? '' : '\t'.repeat(depth) + line;
			if (!isComment && line.endsWith('{')) depth++;
			return indented;
		})
		.join('\n');
}
