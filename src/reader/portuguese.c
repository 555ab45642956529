/*
 * What readers are told, in Portuguese. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_portuguese = {
	.tag = "pt",
	.date_format = "DD/MM/YYYY",
	.day_format = "DD/MM",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Este e-mail foi enviado para *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Cancelar a inscrição",
		[READER_UNSUBSCRIBE_AT] = "Cancelar a inscrição: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "A sua inscrição",
		[READER_LIST] = "Lista:",
		[READER_ADDRESS] = "Endereço:",
		[READER_WANTS_NO_MORE] = "Não deseja mais receber e-mails desta lista?",
		[READER_HAS_LEFT] = "A sua inscrição foi cancelada. Não receberá mais e-mails desta lista.",
		[READER_IS_OUT] = "Este endereço não está inscrito. Não recebe e-mails desta lista.",
		[READER_IS_TEST] = "Este era um e-mail de teste: não há inscrição a cancelar.",
		[READER_TAKE_BACK] = "Foi um engano: inscrever-me de novo",
		[READER_IS_TAKEN_BACK] = "O cancelamento da sua inscrição foi anulado. Continuará a receber e-mails desta lista, a menos que o remetente tenha excluído o seu endereço por outro motivo.",
		[READER_CANNOT_TAKE_BACK] = "Não é possível renovar a inscrição por aqui. Se deseja receber e-mails desta lista, escreva ao remetente.",
		[READER_NO_LINK] = "Este link não é válido",
		[READER_NO_LINK_MORE] = "Talvez esteja incompleto. Abra-o de novo a partir do e-mail.",
		[READER_BUSY] = "Tente de novo",
		[READER_BUSY_MORE] = "O servidor está ocupado. Tente de novo daqui a pouco.",
		[READER_FAILED] = "Ocorreu um erro",
		[READER_FAILED_MORE] = "Tente de novo mais tarde.",
	},
};
