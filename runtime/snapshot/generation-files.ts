/** How the snapshots of one VM lie in its folder: a base and the deltas that follow it are one generation. */

export interface Generation {
	readonly number: number;
	readonly hasBase: boolean;
	/** Numbers of its deltas, the first one made first. */
	readonly deltas: readonly number[];
}

const name = /^(\d{10})(?:\.(\d{5})\.delta|\.base)$/;

export function baseFile(generation: number): string {
	return `${String(generation).padStart(10, '0')}.base`;
}

export function deltaFile(generation: number, delta: number): string {
	return `${String(generation).padStart(10, '0')}.${String(delta).padStart(5, '0')}.delta`;
}

/** The newest first; what is no snapshot is left out. @param files in byte order */
export function generationsOf(files: readonly string[]): Generation[] {
	const found = new Map<number, { number: number; hasBase: boolean; deltas: number[] }>();
	for (const file of files) {
		const [matched, digits, delta] = name.exec(file) ?? [];
		if (matched === undefined) continue;
		const number = Number(digits);
		const generation = found.get(number) ?? { number, hasBase: false, deltas: [] };
		found.set(number, generation);
		if (delta === undefined) generation.hasBase = true;
		else generation.deltas.push(Number(delta));
	}
	return [...found.values()].sort((a, b) => b.number - a.number);
}

/** Its files in the order to remove them: whatever is left after each is a whole, if older, state. */
export function filesOf({ number, hasBase, deltas }: Generation): string[] {
	return [
		...deltas.map((delta) => deltaFile(number, delta)).reverse(),
		...(hasBase ? [baseFile(number)] : []),
	];
}
