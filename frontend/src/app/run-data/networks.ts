import {Network, World} from './wire';

/** The network with its inputs and outputs called what the world calls them, as far as it names them. */
export function named(network: Network, world: World | undefined): Network {
  const inputs = world?.inputs ?? [];
  const outputs = world?.outputs ?? [];
  let input = 0;
  let output = 0;
  const nodes = network.nodes.map((node) => {
    if (node.kind === 'input') return {...node, name: inputs[input++] ?? ''};
    if (node.kind === 'output') return {...node, name: outputs[output++] ?? ''};
    return node;
  });
  return {...network, nodes};
}
