import type {Network, NetworkNode} from '../../run-data/wire';
import {describe as inWords, layOut} from './layout';

function node(id: number, kind: NetworkNode['kind'], layer: number): NetworkNode {
  return {id, kind, layer, activation: 'tanh', aggregation: 'sum', bias: 0};
}

const NETWORK: Network = {
  nodes: [node(-1, 'input', 0), node(-2, 'input', 0), node(7, 'hidden', 1), node(0, 'output', 2)],
  links: [
    {from: -1, to: 7, weight: -4, enabled: true},
    {from: 7, to: 0, weight: 2, enabled: true},
    {from: -2, to: 0, weight: 1, enabled: false},
    {from: 0, to: 7, weight: 1, enabled: true},
  ],
};

describe('layOut', () => {
  const {nodes, links} = layOut(NETWORK);

  it('puts layers from left to right and nodes from top to bottom.', () => {
    expect(nodes.map(({x}) => x)).toEqual([0, 0, 0.5, 1]);
    expect(nodes.map(({y}) => y)).toEqual([0.25, 0.75, 0.5, 0.5]);
  });

  it('keeps the order of the nodes, which is that of the activations.', () => {
    expect(nodes.map(({index, node: {id}}) => [index, id])).toEqual([
      [0, -1],
      [1, -2],
      [2, 7],
      [3, 0],
    ]);
  });

  it('draws what is switched off first and the strongest last.', () => {
    expect(links.map(({weight, enabled}) => [weight, enabled])).toEqual([
      [1, false],
      [1, true],
      [2, true],
      [-4, true],
    ]);
    expect(links.at(-1)?.strength).toBe(1);
  });

  it('knows a link that leads back.', () => {
    expect(links.filter(({back}) => back).map(({from}) => from.node.id)).toEqual([0]);
  });

  it('leaves out a link to a node that is not there.', () => {
    expect(layOut({...NETWORK, links: [{from: 99, to: 0, weight: 1, enabled: true}]}).links).toEqual([]);
  });
});

describe('describe', () => {
  it('says what there is.', () => {
    expect(inWords(NETWORK)).toBe(
      'A network of 2 inputs, 1 hidden node and 1 output with 3 connections and 1 switched off.',
    );
  });
});
