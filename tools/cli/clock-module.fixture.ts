/** A module without code whose topics have messages: for what commands do with modules. */
import { emptyModule } from './trial-desk.ts';

/** A module that hears the time. */
export const clock = (version: string, description = '') =>
	emptyModule(
		{
			name: 'clock',
			version,
			description,
			subscribes: { 'clock.set': 'clock.Time', 'clock.read': 'clock.ReadRequest' },
		},
		schema,
	);
/** Its messages. */
export const schema = {
	nested: {
		clock: {
			nested: {
				Time: { fields: { hour: { type: 'uint32', id: 1 }, zone: { type: 'string', id: 2 } } },
				ReadRequest: { fields: { hour: { type: 'uint32', id: 1 } } },
				ReadReply: { fields: { hour: { type: 'uint32', id: 1 } } },
			},
		},
	},
};
