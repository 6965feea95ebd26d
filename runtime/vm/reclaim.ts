/** Gives memory back to the machine: a port, told behind what there may be some to give. */
export type Reclaim = (behind: 'start' | 'sleep') => void;
