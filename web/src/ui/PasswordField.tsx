/** A password that can be looked at. */
import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';

export function PasswordField(props: PasswordInputProps) {
  const { t } = useTranslation();
  const [isShown, { toggle }] = useDisclosure(false);
  return (
    <PasswordInput
      aria-invalid={props.error ? true : undefined}
      {...props}
      visible={isShown}
      onVisibilityChange={toggle}
      visibilityToggleButtonProps={{ 'aria-label': t(isShown ? 'ui.hidePassword' : 'ui.showPassword'), tabIndex: 0 }}
    />
  );
}
