// The watchdog waits as long as the description of the board says, not as long as its driver is used to.
import test from 'ava';
import { loadBoard } from '../../../../firmware/image/board.ts';
import { firstBootState } from '../../../../firmware/image/build-image.ts';
import { boardHere, claim } from '../../board/claim.ts';
import { openImageBench } from '../image-bench.ts';

const board = await loadBoard(boardHere());
const watchdog = board.watchdog ?? { driver: 'i6300esb', option: 'heartbeat', seconds: 30 };
const seconds = watchdog.seconds + 7;
const bench = await openImageBench({ board: { ...board, watchdog: { ...watchdog, seconds } } });
test.after.always(() => bench[Symbol.asyncDispose]());

test('the watchdog of a box bites after the seconds of its description', async (t) => {
	t.timeout(600_000);
	const image = await bench.build(1);
	const asking = await bench.variant(image, 2, async (root) => {
		const init = await root.read('sbin/init');
		const ask = 'echo "bites after $(cat /sys/class/watchdog/watchdog0/timeout) s"';
		await root.write('sbin/init', init.replace(/^cd \/data$/m, `${ask}\ncd /data`), 0o755);
	});
	await using box = await claim({ needs: ['power', 'flash', 'watchdog'] });
	const contents = { 'boot-a': asking.boot.file, 'root-a': asking.root.file };
	await box.flash(await bench.flashable(image, { bootState: firstBootState(2), contents }));
	await box.power.on();
	await box.serial.expect(`bites after ${seconds} s`);
	t.pass();
});
