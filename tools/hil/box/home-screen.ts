/** A service that is a screen and its remote control: shows what the box says of firmware, and passes on what is pressed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Choice, type Matter, Notice, Word } from '../../../proto/host/bus/firmware.ts';
import { type BuiltModule, buildModule } from '../../build/component.ts';
import type { TestBox } from './test-box.ts';

const manifest = {
	name: 'home-screen',
	version: '1.0.0',
	vendor: 'mullion',
	description: 'Shows notices of firmware, and says what is pressed',
	publishes: { 'firmware.home': 'mullion.firmware.Word' },
	subscribes: {
		'box.firmware': 'mullion.firmware.Notice',
		'remote.pressed': 'mullion.firmware.Word',
		'screen.shows': 'mullion.firmware.Notice',
	},
	budget: { memoryPages: 16 },
};

const source = `import { Service, Turn, serve } from "mullion/sdk";
class Screen extends Service {
	private shown: Uint8Array = new Uint8Array(0);
	message(topic: string, payload: Uint8Array, turn: Turn): void {
		if (topic == "box.firmware") this.shown = payload;
		else if (topic == "remote.pressed") turn.publish("firmware.home", payload);
		else turn.reply(this.shown);
	}
}
serve(new Screen());`;

/** @param domain one of the open domain has no word in this */
export async function buildHomeScreen(domain: 'authorized' | 'open' = 'authorized'): Promise<BuiltModule> {
	const directory = await mkdtemp(join(tmpdir(), 'mullion-screen-'));
	try {
		await mkdir(join(directory, 'assembly'));
		await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, domain }));
		await writeFile(join(directory, 'assembly/index.ts'), source);
		const [built] = await buildModule({ directory });
		if (built === undefined) throw new Error('the screen was not built');
		return built;
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

export class HomeScreen {
	readonly #box: TestBox;

	constructor(box: TestBox) {
		this.#box = box;
	}

	async press(choice: Choice, { id = '', role = 'owner' } = {}): Promise<void> {
		await this.#box.publishOn('remote.pressed', Word.encode({ choice, id, profile: 'Kim', role }));
	}

	/** What is on the screen once that is a notice of this matter, and about what is asked for. */
	async shows(matter: Matter, about?: string): Promise<Notice> {
		for (;;) {
			const { Payload = '' } = await this.#box.stage.operator.operate(
				'Device.X_MULLION_Bus.Request()',
				{ Topic: 'screen.shows', Payload: '', DeadlineMs: '5000' },
				{ isSync: true },
			);
			const notice = Notice.decode(Uint8Array.fromBase64(Payload));
			if (notice.matter === matter && (about ?? notice.id) === notice.id) return notice;
		}
	}
}
