/** The `field` vocabulary and the field types behind it. */

import type { FieldType } from "../field-type.ts";
import { address, addressType } from "./address.ts";
import { autonumber, autonumberType } from "./autonumber.ts";
import { boolean, booleanType } from "./boolean.ts";
import { choice, choiceType, multiChoice, multiChoiceType } from "./choice.ts";
import { decimal, decimalType, money, moneyType } from "./decimal.ts";
import { duration, durationType } from "./duration.ts";
import { email, emailType } from "./email.ts";
import { geo, geoType } from "./geo.ts";
import { json, jsonType } from "./json.ts";
import { longText, longTextType } from "./long-text.ts";
import { integer, integerType, number, numberType, percent, percentType } from "./numbers.ts";
import { phone, phoneType } from "./phone.ts";
import { polyLookupType } from "./poly-lookup.ts";
import { children, childrenType, link, linkType, lookup, lookupType, user, userType } from "./relations.ts";
import { tags, tagsType } from "./tags.ts";
import { text, textType } from "./text.ts";
import { date, dateType, datetime, datetimeType, time, timeType } from "./times.ts";
import { url, urlType } from "./url.ts";

/**
 * Declares fields.
 *
 * @example defineEntity('account', { fields: { name: field.text({ required: true }) } })
 */
export const field = {
  text,
  longText,
  email,
  phone,
  url,
  integer,
  number,
  decimal,
  percent,
  money,
  boolean,
  date,
  datetime,
  time,
  duration,
  choice,
  multiChoice,
  tags,
  json,
  address,
  geo,
  lookup,
  children,
  link,
  user,
  autonumber,
};

/** The field types that every model knows. Plugins add theirs beside them. */
export const fieldTypes: readonly FieldType[] = [
  textType,
  longTextType,
  emailType,
  phoneType,
  urlType,
  integerType,
  numberType,
  decimalType,
  percentType,
  moneyType,
  booleanType,
  dateType,
  datetimeType,
  timeType,
  durationType,
  choiceType,
  multiChoiceType,
  tagsType,
  jsonType,
  addressType,
  geoType,
  lookupType,
  polyLookupType,
  childrenType,
  linkType,
  userType,
  autonumberType,
];
