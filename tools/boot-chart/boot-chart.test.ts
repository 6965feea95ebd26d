import test from 'ava';
import type { BootPhase } from '../../firmware/agent/ports.ts';
import { bootChart } from './boot-chart.ts';

const phases: BootPhase[] = [
	{ stage: 'vm', name: 'voice', startMs: 5000, endMs: 6000 },
	{ stage: 'kernel', name: 'Linux', startMs: 0, endMs: 2000 },
];

/** Left edge and width of each bar, by what its title says of it. */
function barsOf(svg: string): Map<string, [number, number]> {
	const pattern =
		/<g>\s*<title>(.*?), from .*?<\/title>\s*<text[^>]*>.*?<\/text>\s*<rect x="(\d+)"[^>]*width="(\d+)"/gs;
	return new Map(
		[...svg.matchAll(pattern)].map(([, name = '', x, width]) => [name, [Number(x), Number(width)]]),
	);
}

test('bars stand in the order of stages, as long as they took', (t) => {
	const bars = barsOf(bootChart(phases, { title: 'A start' }));
	t.deepEqual([...bars.keys()], ['kernel: Linux', 'vm: voice']);
	const [linux, voice] = [...bars.values()] as [[number, number], [number, number]];
	t.true(Math.abs(linux[1] - 2 * voice[1]) <= 2, 'in whole pixels, two seconds are twice as long as one');
	t.true(voice[0] > linux[0] + linux[1], 'it began later');
});

test('the boot loader is in front of all', (t) => {
	const svg = bootChart(phases, { title: 'A start', loaderMs: 1500 });
	t.deepEqual([...barsOf(svg).keys()], ['loader: boot loader', 'kernel: Linux', 'vm: voice']);
	t.regex(svg, /kernel: Linux, from 1\.50 s to 3\.50 s/);
});

test('names are text and nothing else', (t) => {
	const svg = bootChart([{ stage: 'vm', name: '<script>&"', startMs: 0, endMs: 1 }], { title: '<b>' });
	t.false(svg.includes('<script>'));
	t.true(svg.includes('&lt;script&gt;&amp;&quot;'));
	t.true(svg.includes('<title>&lt;b&gt;</title>'));
});

test('a start without phases is an empty chart', (t) => {
	t.is(barsOf(bootChart([], { title: 'Nothing' })).size, 0);
});
