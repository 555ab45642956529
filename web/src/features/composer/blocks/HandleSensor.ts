/** Moves a block by the keyboard, as long as its handle has the focus: who goes on elsewhere writes, and a space there drops nothing. */
import { KeyboardSensor, type KeyboardSensorProps } from '@dnd-kit/core';

interface Inner {
  handleCancel: (event: Event) => void;
}

export class HandleSensor extends KeyboardSensor {
  constructor(props: KeyboardSensorProps) {
    super(props);
    props.event.target?.addEventListener('blur', (event) => (this as unknown as Inner).handleCancel(event), { once: true });
  }
}
