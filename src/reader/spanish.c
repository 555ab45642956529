/*
 * What readers are told, in Spanish. Data alone, found by reader_text.c; any
 * thread.
 */
#include "reader/languages.h"

const struct reader_language reader_spanish = {
	.tag = "es",
	.date_format = "DD/MM/YYYY",
	.day_format = "DD/MM",
	.decimal = ",",
	.text = {
		[READER_SENT_TO] = "Este correo se envió a *|EMAIL|*.",
		[READER_UNSUBSCRIBE] = "Darse de baja",
		[READER_UNSUBSCRIBE_AT] = "Darse de baja: *|UNSUB|*",
		[READER_SUBSCRIPTION] = "Su suscripción",
		[READER_LIST] = "Lista:",
		[READER_ADDRESS] = "Dirección:",
		[READER_WANTS_NO_MORE] = "¿Ya no desea recibir correos de esta lista?",
		[READER_HAS_LEFT] = "Se ha dado de baja. Ya no recibirá correos de esta lista.",
		[READER_IS_OUT] = "Esta dirección no está suscrita. No recibe correos de esta lista.",
		[READER_IS_TEST] = "Este era un correo de prueba: no hay nadie a quien dar de baja.",
		[READER_TAKE_BACK] = "Fue un error: suscribirme de nuevo",
		[READER_IS_TAKEN_BACK] = "Su baja se ha anulado. Seguirá recibiendo correos de esta lista, salvo que el remitente haya excluido su dirección por otro motivo.",
		[READER_CANNOT_TAKE_BACK] = "No podemos volver a suscribirle desde aquí. Si desea recibir correos de esta lista, escriba al remitente.",
		[READER_NO_LINK] = "Este enlace no es válido",
		[READER_NO_LINK_MORE] = "Quizá esté incompleto. Ábralo de nuevo desde el correo.",
		[READER_BUSY] = "Inténtelo de nuevo",
		[READER_BUSY_MORE] = "El servidor está ocupado. Inténtelo de nuevo en un momento.",
		[READER_FAILED] = "Algo ha fallado",
		[READER_FAILED_MORE] = "Inténtelo de nuevo más tarde.",
	},
};
