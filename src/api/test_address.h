/*
 * api/test_address.h - to whom a test mail goes, of both APIs
 */
#ifndef API_TEST_ADDRESS_H
#define API_TEST_ADDRESS_H

struct texts;

/* Appended, unless it is there already, however it is written: each address
 * gets a test once. */
void test_address_add(struct texts *list, const char *address);

#endif
