/** An error of the AssemblyScript compiler as a person wants to read it. */
import type { DiagnosticMessage, Range } from 'assemblyscript/asc';

/** Text of a source by the path that the compiler knows, if it is at hand. */
export type SourceText = (
	normalizedPath: string,
) => { readonly file: string; readonly text: string } | undefined;

const categories: Readonly<Record<number, string>> = { 0: 'pedantic', 1: 'info', 2: 'warning', 3: 'error' };

/** `assembly/index.ts:12:5: error AS100: ...`, the line, and a mark under the place. */
export function formatDiagnostic(
	{ category, code, message, range, relatedRange }: DiagnosticMessage,
	source: SourceText,
) {
	const what = `${categories[category] ?? 'error'} AS${code}: ${message}`;
	const at = range === null ? undefined : placeOf(range, source);
	if (at === undefined) return what;
	const related = relatedRange === null ? undefined : placeOf(relatedRange, source);
	return [
		`${at.place}: ${what}`,
		`    ${at.line}`,
		`    ${at.mark}`,
		...(related === undefined ? [] : [`  see ${related.place}`]),
	].join('\n');
}

function placeOf(range: Range, source: SourceText) {
	const known = source(range.source.normalizedPath);
	if (known === undefined) return { place: range.source.normalizedPath, line: '', mark: '' };
	const before = known.text.slice(0, range.start).split('\n');
	const indent = before.at(-1) ?? '';
	const line = indent + (known.text.slice(range.start).split('\n', 1)[0] ?? '');
	const width = Math.max(1, Math.min(range.end - range.start, line.length - indent.length));
	return {
		place: `${known.file}:${before.length}:${indent.length + 1}`,
		line: line.replaceAll('\t', ' '),
		mark: ' '.repeat(indent.length) + '~'.repeat(width),
	};
}
