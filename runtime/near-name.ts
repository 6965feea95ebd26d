/** What somebody most likely meant by a name that there is not. */

/** How much of a name may be wrong: one letter in three. */
const share = 3;

/** Undefined where none of the known names is near. */
export function nearName(name: string, known: Iterable<string>): string | undefined {
	let best: string | undefined;
	let least = Math.floor(Math.max(name.length, share) / share) + 1;
	for (const candidate of known) {
		// Names from outside may be of any length, and comparing costs their product.
		if (Math.abs(name.length - candidate.length) >= least) continue;
		const changes = changesBetween(name.toLowerCase(), candidate.toLowerCase());
		if (changes >= least) continue;
		best = candidate;
		least = changes;
	}
	return best;
}

/** Ends a sentence about a name: with what was most likely meant, or with nothing. */
export function orRather(name: string, known: Iterable<string>): string {
	const near = nearName(name, known);
	return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** Letters that have to be put in, taken out or replaced to make one of the other (Levenshtein). */
function changesBetween(from: string, to: string): number {
	let above = Array.from({ length: to.length + 1 }, (_, at) => at);
	for (const [row, letter] of [...from].entries()) {
		const line = [row + 1];
		for (let at = 0; at < to.length; at++) {
			const replaced = (above[at] ?? 0) + (letter === to[at] ? 0 : 1);
			line.push(Math.min(replaced, (above[at + 1] ?? 0) + 1, (line[at] ?? 0) + 1));
		}
		above = line;
	}
	return above.at(-1) ?? 0;
}
