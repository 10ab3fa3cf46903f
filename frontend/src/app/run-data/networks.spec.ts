import {named} from './networks';
import {Network, NetworkNode, World} from './wire';

function node(id: number, kind: NetworkNode['kind']): NetworkNode {
  return {id, kind, layer: 0, activation: 'tanh', aggregation: 'sum', bias: 0};
}

const NETWORK: Network = {
  nodes: [node(-1, 'input'), node(-2, 'input'), node(0, 'output'), node(5, 'hidden')],
  links: [],
};

describe('named', () => {
  it('names inputs and outputs in their order.', () => {
    const world = {inputs: ['range', 'bearing'], outputs: ['thrust']} as unknown as World;
    expect(named(NETWORK, world).nodes.map(({name}) => name)).toEqual(['range', 'bearing', 'thrust', undefined]);
  });

  it('leaves numbers where a world names nothing.', () => {
    expect(named(NETWORK, undefined).nodes.map(({name}) => name)).toEqual(['', '', '', undefined]);
  });
});
