/**
 * The Prometheus text format, version 0.0.4: what is counted, as lines.
 *
 * A library would keep every figure a second time and bring its own tracing along; ours are read when
 * they are asked for.
 */

export interface Sample {
	readonly labels?: Readonly<Record<string, string>>;
	readonly value: number;
	/** Of a summary: `_sum` or `_count`; without it a quantile. */
	readonly suffix?: '_sum' | '_count';
}

export interface Family {
	/** `mullion_vm_turns_total`. */
	readonly name: string;
	readonly help: string;
	readonly type: 'counter' | 'gauge' | 'summary';
	readonly samples: readonly Sample[];
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Families without samples are left out. */
export function metricsText(families: readonly Family[]): string {
	return families
		.filter(({ samples }) => samples.length > 0)
		.map(({ name, help, type, samples }) => {
			const lines = samples.map(
				({ labels = {}, value, suffix = '' }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
			);
			return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
		})
		.join('');
}

function labelText(labels: Readonly<Record<string, string>>): string {
	const parts = Object.entries(labels).map(
		([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`,
	);
	return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(text: string): string {
	return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
	if (Number.isNaN(value)) return 'NaN';
	if (Number.isFinite(value)) return `${value}`;
	return value > 0 ? '+Inf' : '-Inf';
}
