/** Buttons that are pressed as is told: the double of `Buttons`. */
import type { ButtonEvent, Buttons } from './buttons.ts';

export class SimulatedButtons implements Buttons {
	readonly #watchers = new Set<(button: ButtonEvent) => void>();

	watch(onButton: (button: ButtonEvent) => void): { close(): void } {
		this.#watchers.add(onButton);
		return { close: () => this.#watchers.delete(onButton) };
	}

	/** Pressed, and let go. */
	press(name: string): void {
		for (const isPressed of [true, false]) for (const watcher of this.#watchers) watcher({ name, isPressed });
	}
}
