/**
 * A strict reader of the Prometheus text format, version 0.0.4, to hold what we write against: HELP and
 * TYPE before the samples of a family, each family once and in one piece, no sample twice, a last newline.
 */

export interface ReadFamily {
	readonly name: string;
	readonly help: string;
	readonly type: string;
	readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const sampleShape = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/s;
const labelShape = /^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;
const numberShape = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|NaN|[+-]Inf)$/i;

/** @throws Error naming the line */
export function readMetrics(text: string): ReadFamily[] {
	if (text === '') return [];
	if (!text.endsWith('\n')) throw new Error('the last line has no end');
	const families: ReadFamily[] = [];
	const seen = new Set<string>();
	let help: { name: string; text: string } | undefined;
	for (const line of text.slice(0, -1).split('\n')) {
		const [, helpName, helpText] = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line) ?? [];
		const [, typeName, type] = /^# TYPE (\S+) (counter|gauge|summary)$/.exec(line) ?? [];
		if (helpName !== undefined) help = { name: helpName, text: unescaped(helpText ?? '') };
		else if (typeName !== undefined) {
			if (help?.name !== typeName || families.some(({ name }) => name === typeName))
				throw new Error(`a family out of place: ${line}`);
			families.push({ name: typeName, help: help.text, type: type ?? '', samples: [] });
		} else {
			const family = families.at(-1);
			const sample = sampleOf(line);
			const isOf = (suffix: string) => sample.name === `${family?.name}${suffix}`;
			if (!(isOf('') || (family?.type === 'summary' && (isOf('_sum') || isOf('_count')))))
				throw new Error(`a sample out of place: ${line}`);
			const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
			if (seen.has(key)) throw new Error(`a sample twice: ${line}`);
			seen.add(key);
			family?.samples.push(sample);
		}
	}
	return families;
}

function sampleOf(line: string) {
	const { name = '', labels = '', value = '' } = sampleShape.exec(line)?.groups ?? {};
	if (name === '' || !numberShape.test(value)) throw new Error(`no sample: ${line}`);
	return { name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) };
}

function labelsOf(text: string): Record<string, string> {
	const labels: Record<string, string> = {};
	for (let rest = text; rest !== ''; ) {
		const match = labelShape.exec(rest);
		const { name = '', value = '' } = match?.groups ?? {};
		if (match === null || Object.hasOwn(labels, name)) throw new Error(`no labels: ${text}`);
		Object.defineProperty(labels, name, { value: unescaped(value), enumerable: true });
		rest = rest.slice(match[0].length);
	}
	return labels;
}

function unescaped(text: string): string {
	return text.replaceAll(/\\(["\\n])/g, (_, what: string) => (what === 'n' ? '\n' : what));
}
