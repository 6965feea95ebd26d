/** The firmware of a box: reads who it is, opens it, and closes it when told to. */
import { parseArgs } from 'node:util';
import { codeOf } from '../runtime/error.ts';
import { BootRecord } from './box/boot-record.ts';
import { type Box, openBox } from './box/open-box.ts';
import { readConfig } from './config.ts';
import { bootClock } from './hal/boot-marks.ts';
import { tuneEngine } from './hal/engine.ts';
import { readOwnImage } from './own-image.ts';

/** Ends with this where the box is not to start anew, but to be switched off. */
const switchOff = 75;

const usage = `usage: node firmware/main.ts --config FILE [--image FILE] [--without-data WHY] [--mended WHAT] [--tied]

  --image what the image says of itself that the box runs from: its board, release and slots
  --without-data
          why what the box has kept cannot be used: it is told, and no new release is found good like that
  --mended what was repaired of what the box has kept: it is told
  --tied   end when standard input closes: for a box that lives no longer than who started it`;

const { values } = parseArgs({
	options: {
		config: { type: 'string' },
		image: { type: 'string' },
		'without-data': { type: 'string' },
		mended: { type: 'string' },
		tied: { type: 'boolean' },
		help: { type: 'boolean' },
	},
});
if (values.help === true || values.config === undefined) {
	console.log(usage);
	process.exit(values.help === true ? 0 : 2);
}

/** @param file its configuration */
async function start(file: string): Promise<void> {
	try {
		const boot = new BootRecord(bootClock(values.image !== undefined));
		const config = await readConfig(file);
		const image = values.image === undefined ? undefined : await readOwnImage(values.image);
		tuneEngine();
		const stop = async (): Promise<void> => {
			// It may be asked for while it is still being opened.
			await (await opening).close();
			process.exit(0);
		};
		// In an image the end of this process is a restart of the box.
		const opening: Promise<Box> = openBox(config, {
			image,
			withoutData: values['without-data'],
			mended: values.mended,
			restart: stop,
			boot,
			powerOff: async (hasMains) => {
				await (await opening).close();
				process.exit((await hasMains()) ? 0 : switchOff);
			},
			onEvent: (text) => console.log(text),
		});
		await opening;
		console.log('ready');
		process.once('SIGTERM', stop);
		process.once('SIGINT', stop);
		if (values.tied === true) process.stdin.resume().once('end', stop);
	} catch (error) {
		console.error(`${codeOf(error)}: ${error instanceof Error ? error.message : error}`);
		process.exit(1);
	}
}

// Nothing here is waited for at the top level: an image has it as a file in CommonJS (`image/bundle.ts`).
void start(values.config);
