/** Hears the events that a controller is told, to be awaited one after the other. */
import type { Told } from './controller.ts';

export function listener() {
	const told: Told[] = [];
	const wakes: (() => void)[] = [];
	return {
		hear: (one: Told) => {
			told.push(one);
			for (const wake of wakes.splice(0)) wake();
		},
		until: async (count: number) => {
			while (told.length < count) await new Promise<void>((resolve) => wakes.push(resolve));
			return told;
		},
	};
}
