import test from 'ava';
import { loadBoard } from './board.ts';
import { ImageError } from './image-error.ts';
import { unfetched } from './sources.ts';

const rock = await loadBoard('rock64');
/** As mmdebstrap has it, shortened where a line goes on. */
const said = (line: string): ImageError =>
	new ImageError(
		'tool-failed',
		`mmdebstrap --variant=extract: I: running apt-get update...\nBuilding dependency tree...\n${line}\nE: apt download failed: E: apt-get --yes install busybox-static linux-image-arm65 failed\nI: main() received signal PIPE: waiting for setup...\nE: mmdebstrap failed to run`,
	);

test('a kernel package that there is not is named in one line, with what apt says of it', (t) => {
	const board = { ...rock, kernelPackage: 'linux-image-arm65' };
	const { code, message } = unfetched(
		board,
		said('E: Unable to locate package linux-image-arm65'),
	) as ImageError;
	t.is(code, 'bad-board');
	t.is(
		message,
		'boards/rock64.json: kernelPackage: bookworm for arm64 has no linux-image-arm65 (Unable to locate package linux-image-arm65)',
	);
});

test('so is the package of a boot loader, and one that is known and cannot be had', (t) => {
	const { message } = unfetched(rock, said("E: Package 'u-boot-rockchip' has no installation candidate"));
	t.regex(
		message,
		/^boards\/rock64\.json: loader\.build\.package: bookworm for arm64 has no u-boot-rockchip/,
	);
});

test('what is no fault of the board is what the program said, in one line', (t) => {
	const { code, message } = unfetched(
		rock,
		said('E: Failed to fetch http://deb.debian.org/x  404'),
	) as ImageError;
	t.is(code, 'tool-failed');
	t.is(message, 'mmdebstrap: Failed to fetch http://deb.debian.org/x  404');
	const missing = new ImageError('tool-missing', '"mmdebstrap" is not installed');
	t.is(unfetched(rock, missing), missing);
});
