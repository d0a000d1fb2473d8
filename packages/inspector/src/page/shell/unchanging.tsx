import { Component } from "preact";

import type { FunctionComponent, VNode } from "preact";

/** A component that is drawn again only where one of its properties is another value. */
export const unchanging = <TProps extends object>(Inner: FunctionComponent<TProps>): FunctionComponent<TProps> => {
  class Unchanging extends Component<TProps> {
    override shouldComponentUpdate(next: Readonly<TProps>): boolean {
      const before: Readonly<Partial<Record<string, unknown>>> = this.props;
      return Object.entries(next).some(([name, value]) => before[name] !== value);
    }

    override render(): VNode {
      return <Inner {...this.props} />;
    }
  }
  return (props) => <Unchanging {...props} />;
};
