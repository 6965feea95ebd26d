/** Written by `npm run generate` from bus/container.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

/**
 * Topics by number, in messages and effects: the first of these names is that of `first`. What the container
 * knows already may be told again; a number never changes its name.
 */
export interface CarriedTopics {
	first: number;
	names: string[];
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"container":{"nested":{"CarriedTopics":{"fields":{"first":{"type":"uint32","id":1},"names":{"rule":"repeated","type":"string","id":2}}}}}}}}}');

export const CarriedTopics: Codec<CarriedTopics> = codec('mullion.container.CarriedTopics');
