/** Events of Linux's input devices -> buttons. However the stream is cut, each event is read once. */
import type { ButtonEvent } from './buttons.ts';

/** Of `struct input_event` with times of 64 bits: seconds, microseconds, type, code, value. */
export const eventBytes = 24;
const typeAt = 16;
const codeAt = 18;
const valueAt = 20;
const keyType = 1;

/** As `linux/input-event-codes.h` numbers them. */
const names: Readonly<Record<number, string>> = { 116: 'power', 408: 'restart', 529: 'wps' };

export class InputEvents {
	#rest: Uint8Array = new Uint8Array(0);

	*read(bytes: Uint8Array): Generator<ButtonEvent> {
		const all = new Uint8Array(this.#rest.length + bytes.length);
		all.set(this.#rest);
		all.set(bytes, this.#rest.length);
		const whole = all.length - (all.length % eventBytes);
		this.#rest = all.subarray(whole);
		const view = new DataView(all.buffer);
		for (let at = 0; at < whole; at += eventBytes) {
			const value = view.getInt32(at + valueAt, true);
			// 2 is: it is still pressed.
			if (view.getUint16(at + typeAt, true) !== keyType || (value !== 0 && value !== 1)) continue;
			const code = view.getUint16(at + codeAt, true);
			yield { name: names[code] ?? `key-${code}`, isPressed: value === 1 };
		}
	}
}
