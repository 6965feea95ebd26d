/** A crash report as people read it: what, where in the source, what was said, and what it had been given. */
import type { ShownCrash, ShownFrame } from './crash.ts';
import type { Output } from './output.ts';
import { printable } from './printable.ts';

export function crashText(crash: ShownCrash, output: Output): string {
	const { id, at, code, budget, message, module, version, digest, stack, log, budgets } = crash;
	const time = new Date(at / 1000).toISOString().replace('T', ' ');
	const parts = [
		output.bold(printable(`${id} ${time}`)),
		output.red(printable(budget === '' ? `${code}: ${message}` : `${code} (${budget}): ${message}`)),
		printable(`${module} ${version}, sha256 ${digest.slice(0, 16)}`),
		'',
		...stackLines(crash, output),
	];
	if (log.length > 0) {
		parts.push('', output.bold('Said in this turn'));
		for (const { level, text } of log) parts.push(`  ${printable(`${level} ${text}`)}`);
	}
	parts.push('', output.bold('Given to this turn'), ...givenLines(crash));
	parts.push('', output.bold('Budgets'));
	for (const [name, value] of Object.entries(budgets)) parts.push(`  ${printable(name)} ${value}`);
	if (stack.length > 0 && !crash.hasMap)
		parts.push('', output.dim('The map of this module is not here: push it from here, or give --map FILE.'));
	return parts.join('\n');
}

function stackLines({ stack, code }: ShownCrash, output: Output): string[] {
	if (stack.length === 0) {
		const why = code === 'over-budget' ? 'its cell was ended from outside' : 'the guest had returned already';
		return [output.dim(`No stack: ${why}.`)];
	}
	const isOwn = ({ place }: ShownFrame) => place !== undefined && !place.file.startsWith('~lib/');
	const first = stack.find(isOwn);
	const lines: string[] = [];
	for (let at = 0; at < stack.length; ) {
		const frame = stack[at] as ShownFrame;
		const { name, function: number, offset, place } = frame;
		const what = printable(name || `function ${number}`);
		const where = place ? `${place.file}:${place.line}:${place.column}` : offsetText(offset);
		lines.push(`  at ${isOwn(frame) ? output.bold(what) : what} ${output.dim(printable(where))}`);
		// The line that matters: the innermost that the author has written.
		if (frame === first && place?.text) lines.push(output.yellow(`       ${printable(place.text)}`));
		const same = runOf(stack, at);
		if (same > 1) lines.push(output.dim(`     and ${same - 1} more of the same`));
		at += same;
	}
	return lines;
}

/** How many frames from here on are one call, as in a recursion. */
function runOf(stack: readonly ShownFrame[], at: number): number {
	const { function: number, offset } = stack[at] as ShownFrame;
	const end = stack.findIndex(
		(frame, index) => index > at && (frame.function !== number || frame.offset !== offset),
	);
	return (end === -1 ? stack.length : end) - at;
}

function offsetText(offset: number): string {
	return offset < 0 ? '(the module is not on the box any more)' : `0x${offset.toString(16)}`;
}

function givenLines({
	given,
	givenCount,
	inboxLength,
	inboxBytes,
	memoryBytes,
	turns,
}: ShownCrash): string[] {
	const lines = given.map(({ topic, bytes }) => `  ${printable(topic)}, ${bytes} bytes`);
	if (givenCount > given.length) lines.push(`  and ${givenCount - given.length} more`);
	if (givenCount === 0) lines.push('  nothing: it was starting');
	lines.push(`  behind it waited ${inboxLength} more with ${inboxBytes} bytes`);
	lines.push(`  memory ${Math.ceil(memoryBytes / 1024)} KiB, turns before ${turns}`);
	return lines;
}
