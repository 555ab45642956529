/** An item of a menu that leads to another page. */
import { Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import { forwardRef, type AnchorHTMLAttributes } from 'react';

type Props = MenuItemProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof MenuItemProps>;

const AnchorItem = forwardRef<HTMLAnchorElement, Props>((props, ref) => <Menu.Item component="a" ref={ref} {...props} />);
AnchorItem.displayName = 'AnchorItem';

export const MenuLink = createLink(AnchorItem);
