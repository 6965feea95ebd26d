/** The metrics of a box on the port that its configuration names, if it names one. */
import type { BoxConfig } from '../config.ts';
import { type MetricsServer, serveMetrics } from '../hal/metrics-server.ts';
import type { LogBook } from './log-book.ts';
import { type BoxMetricsOptions, boxMetrics } from './metrics.ts';
import { metricsText, metricsType } from './metrics-text.ts';

export interface OpenMetricsOptions extends BoxMetricsOptions {
	readonly config: Pick<BoxConfig, 'metrics'>;
	readonly log: LogBook;
}

/** A port that cannot be had is said in the log: a box does its work without being looked at. */
export async function openMetrics({
	config: { metrics },
	log,
	...options
}: OpenMetricsOptions): Promise<MetricsServer | undefined> {
	if (metrics === undefined) return undefined;
	try {
		const read = async () => metricsText(await boxMetrics(options));
		const server = await serveMetrics({ ...metrics, type: metricsType, read });
		log.write({ vm: '', level: 'info', text: `metrics are at ${server.url}` });
		return server;
	} catch (error) {
		const text = `there are no metrics: ${(error as Error).message}`;
		log.write({ vm: '', level: 'error', text });
		return undefined;
	}
}
