import { EventEmitter } from 'node:events';
import test from 'ava';
import { Keys } from './keys.ts';
import { LiveScreen } from './live-screen.ts';

test('a live picture is drawn over itself, no higher than the screen, and leaves what was there before', (t) => {
	const written: string[] = [];
	const terminal = { write: (text: string) => written.push(text), columns: 40, rows: 3 };
	{
		using screen = new LiveScreen(terminal);
		t.is(screen.columns, 40);
		screen.show(['one', 'two', 'three']);
	}
	t.deepEqual(written, [
		'\u001b[?1049h\u001b[?25l',
		'\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[J',
		'\u001b[?25h\u001b[?1049l',
	]);
});

class Keyboard extends EventEmitter {
	readonly modes: boolean[] = [];
	readonly isTTY: boolean;

	constructor(isTTY: boolean) {
		super();
		this.isTTY = isTTY;
	}

	setRawMode(isRaw: boolean): void {
		this.modes.push(isRaw);
	}

	resume(): void {}

	pause(): void {}
}

test('keys are heard one by one while somebody listens, and the keyboard is given back', (t) => {
	const keyboard = new Keyboard(true);
	const pressed: string[] = [];
	{
		using _keys = new Keys(keyboard, (key) => pressed.push(key));
		keyboard.emit('data', Buffer.from('mq'));
		keyboard.emit('data', Buffer.from('\u0003'));
	}
	keyboard.emit('data', Buffer.from('x'));
	t.deepEqual(pressed, ['m', 'q', '\u0003']);
	t.deepEqual(keyboard.modes, [true, false]);
	t.is(keyboard.listenerCount('data'), 0);
});

test('what is no terminal is left alone', (t) => {
	const pipe = new Keyboard(false);
	using _keys = new Keys(pipe, () => t.fail());
	pipe.emit('data', Buffer.from('q'));
	t.deepEqual(pipe.modes, []);
});
