/** Prints figures: a line each, or all as one array of JSON. */
import type { Figure } from './figure.ts';

export function printFigures(figures: readonly Figure[], { isJson }: { readonly isJson: boolean }): void {
	if (isJson) return console.log(JSON.stringify(figures));
	for (const { name, value, unit, peer, peerValue, ratio } of figures)
		console.log(
			`${name.padEnd(56)} ${`${value} ${unit}`.padStart(12)}   ${ratio} x ${peer} (${peerValue} ${unit})`,
		);
}
