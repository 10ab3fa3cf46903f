import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import type {Network} from '../../run-data/wire';
import {formatValue} from '../format';
import {nameOf} from './network-painter';

/** The same network in words and figures: every node with what leads into it, strongest first. */
@Component({
  selector: 'app-network-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <table>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Activation</th>
          <th scope="col">Bias</th>
          <th scope="col">From (weight)</th>
        </tr>
      </thead>
      <tbody>
        @for (row of rows(); track row.id) {
          <tr>
            <th scope="row">{{ row.name }}</th>
            <td>{{ row.activation }}</td>
            <td class="number">{{ row.bias }}</td>
            <td>{{ row.sources || 'nothing' }}</td>
          </tr>
        }
      </tbody>
    </table>
  `,
  styles: `
    :host {
      display: block;
      max-height: 320px;
      overflow: auto;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 12.5px;
    }
    th,
    td {
      padding: 5px 8px;
      border-bottom: 1px solid var(--line);
      font-weight: 450;
      text-align: left;
      vertical-align: top;
    }
    thead th {
      position: sticky;
      top: 0;
      background: var(--card);
      color: var(--muted);
    }
    tbody th {
      white-space: nowrap;
      font-weight: 550;
    }
  `,
  host: {tabindex: '0', role: 'region', 'aria-label': 'The network as a table'},
})
export class NetworkTable {
  readonly network = input.required<Network>();

  protected readonly rows = computed(() => {
    const {nodes, links} = this.network();
    const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
    return nodes
      .filter((node) => node.kind !== 'input')
      .map((node) => ({
        id: node.id,
        name: names.get(node.id) ?? '',
        activation: node.activation,
        bias: formatValue(node.bias),
        sources: links
          .filter((link) => link.to === node.id && link.enabled)
          .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
          .map((link) => `${names.get(link.from) ?? String(link.from)} (${formatValue(link.weight)})`)
          .join(', '),
      }));
  });
}
