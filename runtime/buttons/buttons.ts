/** The buttons of the board, as a port. */

export interface ButtonEvent {
	readonly name: string;
	readonly isPressed: boolean;
}

export interface Buttons {
	watch(onButton: (button: ButtonEvent) => void): { close(): void };
}
