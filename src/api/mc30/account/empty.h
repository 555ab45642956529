/*
 * api/mc30/account/empty.h - collections of the Marketing API of what we have
 * nothing of
 *
 * Clients that walk the whole API take a 404 for a collection for a fatal
 * error, so each of them is there, and empty. One handler serves all: which of
 * them it is says the route. Nothing can be added (403), and what stands below
 * a thing that there cannot be is not found, as anything unknown.
 */
#ifndef API_MC30_ACCOUNT_EMPTY_H
#define API_MC30_ACCOUNT_EMPTY_H

enum empty_collection {
	EMPTY_AUTOMATIONS,
	EMPTY_CONNECTED_SITES,
	EMPTY_CONVERSATIONS,
	EMPTY_ECOMMERCE_ORDERS,
	EMPTY_ECOMMERCE_STORES,
	EMPTY_FACEBOOK_ADS,
	EMPTY_LANDING_PAGES,
	EMPTY_LIST_SURVEYS,
	EMPTY_REPORT_PRODUCTS,
	EMPTY_REPORTING_FACEBOOK_ADS,
	EMPTY_REPORTING_LANDING_PAGES,
	EMPTY_REPORTING_SURVEYS,
};

#endif
